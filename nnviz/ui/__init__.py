"""The Streamlit side: pages' common frame, session state, the canvas, and what several pages show."""
