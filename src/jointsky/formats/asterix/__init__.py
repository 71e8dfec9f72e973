"""ASTERIX (EUROCONTROL SUR.ET1.ST05.2000-STD) becomes plots, tracks and sensors."""
