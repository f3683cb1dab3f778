/* Commands of the shell, on systems with POSIX. */
int mo_os_shell(const char *command, char **output, size_t *len) {
    const char *arguments[] = {"sh", "-c", NULL, NULL};
    int ends[2], status;
    pid_t child;
    mo_buf text = {0};
    char room[4096];
    long got;
    arguments[2] = command;
    if (pipe(ends) != 0) return errno;
    child = fork();
    if (child < 0) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        return error;
    }
    if (child == 0) {
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        mo_os_command("/bin/sh", arguments);
        _exit(127);
    }
    close(ends[1]);
    while ((got = mo_os_read(ends[0], room, sizeof room)) > 0) mo_buf_bytes(&text, room, (size_t)got);
    close(ends[0]);
    waitpid(child, &status, 0);
    if (got < 0) return (int)-got;
    *output = text.bytes ? text.bytes : mo_xmalloc(1);
    *len = text.len;
    return 0;
}
