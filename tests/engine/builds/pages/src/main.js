document.title = clsx("pages", "built");
