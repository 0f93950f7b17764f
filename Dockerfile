# The app for a server: `docker build -t digit-lab .`, `docker run -p 8501:8501 -v lab:/data digit-lab`. See DEPLOY.md.
FROM python:3.11.10-slim-bookworm AS build
COPY requirements.txt deploy/constraints.txt /tmp/
# Without Taichi, whose engine a server with two processors does not need: 140 MB less. The app says that it is not there.
RUN grep -v '^taichi' /tmp/requirements.txt > /tmp/server.txt \
 && python -m venv /opt/lab \
 && /opt/lab/bin/pip install --no-cache-dir --disable-pip-version-check -r /tmp/server.txt -c /tmp/constraints.txt \
 && find /opt/lab -name tests -type d -prune -exec rm -rf {} + \
 && find /opt/lab -name __pycache__ -type d -prune -exec rm -rf {} +

FROM python:3.11.10-slim-bookworm
RUN useradd --uid 1000 --create-home lab && mkdir -p /data/runs && chown -R lab /data
COPY --from=build /opt/lab /opt/lab
ENV PATH=/opt/lab/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
COPY .streamlit .streamlit
COPY core core
COPY dashboard dashboard
COPY data data
COPY models models
COPY LICENSE streamlit_app.py ./
# Compiled here, because nothing can be written later: each training would else compile anew all that it imports, which is more
# than half of the processor's time until it begins.
RUN python -m compileall -q core dashboard streamlit_app.py \
 && python -c "import streamlit.web.cli, streamlit_app, core.runs.worker, core.engines.numpy.engine, core.explain.neighbours"
USER 1000
ENV DIGITLAB_HOSTED=1 DIGITLAB_DATA=/data DIGITLAB_RUNS=/data/runs DIGITLAB_CACHE=/tmp/digit-lab \
    STREAMLIT_SERVER_PORT=8501 STREAMLIT_SERVER_ADDRESS=0.0.0.0 STREAMLIT_SERVER_HEADLESS=true \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE=true
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f'http://127.0.0.1:{os.environ[\"STREAMLIT_SERVER_PORT\"]}/_stcore/health', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["streamlit", "run", "streamlit_app.py"]
