"""Where things are: geodetic positions become earth-centred, local and polar ones, and back."""
