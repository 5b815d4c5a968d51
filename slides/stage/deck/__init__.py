"""Markdown to page: the sections, their fences, marp with our engine, the checks."""
