"""The staff console, `/console` of the web process: accounts, rights, pages; tickets only through their service."""
