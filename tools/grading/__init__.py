"""Grading: what students hand in is judged by the checks of the labs, and no line of it runs where it is judged.

wire: values as bytes. inside: runs in the jail, where the student's cells are. jail: starts it, and holds its limits.
border: what stands in for a student's function; graphs: the same inside of a compiled loop. course: what the jail sees
of the course. reading: what was handed in. submission: one notebook, from its cells to its rows. copies: is it the
course's own solution? pages: what people read.
"""
