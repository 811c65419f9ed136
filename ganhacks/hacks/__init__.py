"""Each hack once, in plain NumPy or Keras: what a reader copies into a project.

No file here needs another of ours.
"""
