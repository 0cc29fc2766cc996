"""The classroom in the browser: the third adapter, and the default."""
