"""The room's pulse: what a workshop's participants have tried, shown to its leader."""
