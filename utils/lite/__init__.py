"""The course as a JupyterLite site."""
