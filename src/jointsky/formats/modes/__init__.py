"""Mode S receptions (text, CSV or Beast) become frames, and frames become plots."""
