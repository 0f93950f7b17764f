"""Work in processes of its own: runs, races, lessons, measurements. There is no Streamlit in here."""
