"""Stone Soup's detections become plots, and our tracks become its tracks."""
