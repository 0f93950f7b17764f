"""What goes on while pages come and go: runs, races, other child processes, the download. No Streamlit in here."""
