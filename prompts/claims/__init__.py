"""Checks what a student claims against the facts of a pack; opinions are left alone."""

from prompts.claims.checker import MAX_TEXT, Checker
from prompts.claims.models import Claim, Difference, Finding, Verdict

__all__ = ["MAX_TEXT", "Checker", "Claim", "Difference", "Finding", "Verdict"]
