"""What a reader looks at: charts, images, drawings that move, bars of progress. Each says in words what it shows."""
