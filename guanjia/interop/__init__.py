"""Other systems' languages: import and export, bank files, and the synthetic city."""
