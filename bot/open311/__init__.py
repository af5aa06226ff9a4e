"""The Open311 server: reports in and out over GeoReport v2, for other systems."""
