"""Truth becomes plots: what each declared sensor sees of it, with its errors and false alarms."""
