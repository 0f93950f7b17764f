"""Backwards: from the ten answers to ten pictures, and what else can be asked of a network in that direction."""

from dashboard import visitor
from dashboard.back_query.sections import choose_section, show_section

show_section(choose_section(), visitor.model_in_use())
