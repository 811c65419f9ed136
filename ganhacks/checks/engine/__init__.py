"""How any answer is judged, and how the verdict is told: nothing here knows a lab or a network."""
