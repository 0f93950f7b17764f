"""The app on the web: what each answer carries, who may ask how often, and what only the owner is shown."""
