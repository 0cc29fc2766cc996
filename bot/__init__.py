"""Coalface, the application: a core that knows no platform, and the adapters that carry it."""
