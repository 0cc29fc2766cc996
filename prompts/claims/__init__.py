"""Checks what a student claims against the facts of a pack; opinions are left alone."""

from prompts.claims.checker import Checker
from prompts.claims.models import Claim, Difference, Finding, Verdict

__all__ = ["Checker", "Claim", "Difference", "Finding", "Verdict"]
