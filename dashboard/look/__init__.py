"""How things look: charts, pictures, bars, colours."""
