"""What only draws: figures, and HTML that a notebook shows. What lies here decides on no verdict."""
