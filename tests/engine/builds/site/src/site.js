document.body.className = clsx("built", { ready: true });
