"""Routes and teaching notes, made from the lessons."""
