"""One module a lab: its exercises, what a right answer must show, the misconceptions, the hints."""
