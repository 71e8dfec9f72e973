"""JSON of receivers and networks (readsb, dump1090, tar1090, OpenSky) becomes plots."""
