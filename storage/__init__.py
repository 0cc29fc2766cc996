"""The course database: the only place that speaks SQL."""
