# Read by gunicorn from the folder it starts in; options on its command line win.
bind = "0.0.0.0:8000"
workers = 2
threads = 4
accesslog = "-"
# Both would otherwise be written below the home folder or wherever the
# system's choice falls; in the container only /tmp can be written.
worker_tmp_dir = "/tmp"
control_socket_disable = True
