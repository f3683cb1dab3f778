/* Windows. Nothing but kernel32 is called for what the system does, in its 16-bit forms; text is UTF-8 on our side, and
 * files are bytes: line ends stay as they are. */
#include "internal.h"

#define WIN32_LEAN_AND_MEAN
#include <windows.h>

/* Numbers of files are those of this table; the first three are the standard ones. */
static HANDLE *win_files;
static int win_files_len;
/* An error that Windows has no number for. */
#define IS_FOLDER 0x20000001

/* Address space for the stack, tried in order; pages that are not touched cost nothing. */
static const size_t stack_bytes[] = {(size_t)8 << 30, (size_t)1 << 30, (size_t)256 << 20, (size_t)64 << 20};

void mo_remove_unfinished(void);

/* ---- Text ---- */

static wchar_t *win_wide(const char *text) {
    int len = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
    wchar_t *made = mo_xmalloc(((size_t)len + 1) * sizeof *made);
    made[0] = 0;
    MultiByteToWideChar(CP_UTF8, 0, text, -1, made, len);
    return made;
}
/* To be freed; `len` units. */
static char *win_narrow(const wchar_t *text, int len, size_t *bytes) {
    int need = len ? WideCharToMultiByte(CP_UTF8, 0, text, len, NULL, 0, NULL, NULL) : 0;
    char *made = mo_xmalloc((size_t)need + 1);
    if (need) WideCharToMultiByte(CP_UTF8, 0, text, len, made, need, NULL, NULL);
    made[need] = 0;
    if (bytes) *bytes = (size_t)need;
    return made;
}

/* ---- Memory, the stack, the end ---- */

void *mo_os_reserve(size_t bytes) {
    return VirtualAlloc(NULL, bytes, MEM_RESERVE, PAGE_READWRITE);
}
bool mo_os_back(void *base, size_t bytes) {
    return VirtualAlloc(base, bytes, MEM_COMMIT, PAGE_READWRITE) != NULL;
}
uint64_t mo_os_memory(void) {
    MEMORYSTATUSEX status;
    status.dwLength = sizeof status;
    return GlobalMemoryStatusEx(&status) ? status.ullTotalPhys : (uint64_t)4 << 30;
}
void mo_os_exit(int status) {
    mo_remove_unfinished();
    ExitProcess((UINT)status);
}
static HANDLE running;
static DWORD WINAPI thread(void *body) {
    void (*run)(void);
    memcpy(&run, &body, sizeof run);
    run();
    return 0;
}
/* Ctrl-C, Ctrl-Break and the end of the console: no half-written file stays. The program must not go on meanwhile. */
static BOOL WINAPI interrupted(DWORD event) {
    (void)event;
    if (running) SuspendThread(running);
    mo_os_exit(130);
}
void mo_os_run(void (*body)(void)) {
    size_t i;
    void *argument;
    memcpy(&argument, &body, sizeof argument);
    SetConsoleCtrlHandler(interrupted, TRUE);
    for (i = 0; i < sizeof stack_bytes / sizeof *stack_bytes; i++) {
        running = CreateThread(NULL, stack_bytes[i], thread, argument, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
        if (!running) continue;
        WaitForSingleObject(running, INFINITE);
        return;
    }
    body();
}

/* ---- Files ---- */

static HANDLE handle_of(int file) {
    return file < 3 ? GetStdHandle(file == 0 ? STD_INPUT_HANDLE : file == 1 ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE)
                    : win_files[file];
}
static int add_file(HANDLE handle) {
    int at = 3;
    while (at < win_files_len && win_files[at]) at++;
    if (at >= win_files_len) {
        win_files = mo_xrealloc(win_files, ((size_t)at + 1) * sizeof *win_files);
        win_files_len = at + 1;
    }
    win_files[at] = handle;
    return at;
}
static bool is_console(HANDLE handle) {
    DWORD mode;
    return GetConsoleMode(handle, &mode) != 0;
}
int mo_os_write_file(int file, const char *bytes, size_t len) {
    while (len) {
        DWORD done, piece = len > 1 << 30 ? 1 << 30 : (DWORD)len;
        if (!WriteFile(handle_of(file), bytes, piece, &done, NULL)) return (int)GetLastError();
        bytes += done;
        len -= done;
    }
    return 0;
}
/* A console takes characters, also those whose bytes come in two pieces. */
static int write_console(HANDLE console, const char *bytes, size_t len) {
    static char rest[4];
    static size_t rest_len;
    while (len) {
        wchar_t units[2048];
        char piece[2048];
        size_t room = sizeof piece - rest_len, take = len < room ? len : room, valid, all;
        int count;
        DWORD done;
        memcpy(piece, rest, rest_len);
        memcpy(piece + rest_len, bytes, take);
        all = rest_len + take;
        bytes += take;
        len -= take;
        rest_len = 0;
        /* An unfinished character at the end waits for its other bytes. */
        for (valid = all; valid > 0 && all - valid < 3; valid--) {
            unsigned char last = (unsigned char)piece[valid - 1];
            if (last < 0x80) break;
            if (last >= 0xC0) {
                size_t need = last >= 0xF0 ? 4 : last >= 0xE0 ? 3 : 2, have = all - valid + 1;
                if (have < need) {
                    rest_len = have;
                    memcpy(rest, piece + valid - 1, have);
                }
                break;
            }
        }
        count = MultiByteToWideChar(CP_UTF8, 0, piece, (int)(all - rest_len), units, 2048);
        if (count && !WriteConsoleW(console, units, (DWORD)count, &done, NULL)) return (int)GetLastError();
    }
    return 0;
}
int mo_os_write(int file, const char *bytes, size_t len) {
    HANDLE handle = handle_of(file);
    return is_console(handle) ? write_console(handle, bytes, len) : mo_os_write_file(file, bytes, len);
}
/* What was typed, as UTF-8; Ctrl-Z at its start is the end. */
static long read_console(HANDLE console, char *bytes, size_t len) {
    static char *pending;
    static size_t at, end;
    size_t take;
    if (at == end) {
        wchar_t units[1024];
        DWORD got, more;
        free(pending);
        pending = NULL;
        at = end = 0;
        if (!ReadConsoleW(console, units, 1023, &got, NULL)) return -(long)GetLastError();
        if (got && (units[got - 1] & 0xFC00) == 0xD800 && ReadConsoleW(console, units + got, 1, &more, NULL)) got += more;
        if (got == 0 || units[0] == 26) return 0;
        pending = win_narrow(units, (int)got, &end);
    }
    take = end - at < len ? end - at : len;
    memcpy(bytes, pending + at, take);
    at += take;
    return (long)take;
}
long mo_os_read(int file, char *bytes, size_t len) {
    HANDLE handle = handle_of(file);
    DWORD got;
    if (is_console(handle)) return read_console(handle, bytes, len);
    if (ReadFile(handle, bytes, len > 1 << 30 ? 1 << 30 : (DWORD)len, &got, NULL)) return (long)got;
    /* The other end of a pipe is gone, or there is no standard input. */
    if (GetLastError() == ERROR_BROKEN_PIPE || GetLastError() == ERROR_INVALID_HANDLE) return 0;
    return -(long)GetLastError();
}
bool mo_os_is_terminal(int file) {
    return is_console(handle_of(file));
}
int mo_os_open(const char *path) {
    wchar_t *name = win_wide(path);
    DWORD attributes = GetFileAttributesW(name), error;
    HANDLE handle;
    if (attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY) {
        free(name);
        return -IS_FOLDER;
    }
    handle = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                         FILE_ATTRIBUTE_NORMAL, NULL);
    error = GetLastError();
    free(name);
    return handle == INVALID_HANDLE_VALUE ? -(int)error : add_file(handle);
}
void mo_os_close(int file) {
    if (file < 3 || !win_files[file]) return;
    CloseHandle(win_files[file]);
    win_files[file] = NULL;
}
int mo_os_begin(const char *path, char **temporary) {
    int attempt;
    for (attempt = 0; attempt < 100; attempt++) {
        mo_buf text = {0};
        wchar_t *name;
        HANDLE handle;
        DWORD error;
        mo_buf_text(&text, path);
        mo_buf_text(&text, ".tmp-");
        mo_buf_i64(&text, (int64_t)GetCurrentProcessId() * 100 + attempt);
        name = win_wide(mo_buf_c(&text));
        handle = CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, NULL);
        error = GetLastError();
        free(name);
        *temporary = text.bytes;
        if (handle != INVALID_HANDLE_VALUE) return add_file(handle);
        free(text.bytes);
        if (error != ERROR_FILE_EXISTS) return -(int)error;
    }
    return -ERROR_FILE_EXISTS;
}
int mo_os_commit(int file, const char *temporary, const char *path) {
    wchar_t *from = win_wide(temporary), *to = win_wide(path);
    DWORD attributes = GetFileAttributesW(to);
    int error = 0;
    mo_os_close(file);
    if (attributes != INVALID_FILE_ATTRIBUTES && attributes & FILE_ATTRIBUTE_DIRECTORY)
        error = IS_FOLDER;
    else if (!MoveFileExW(from, to, MOVEFILE_REPLACE_EXISTING))
        error = (int)GetLastError();
    free(from);
    free(to);
    return error;
}
void mo_os_remove(const char *path) {
    wchar_t *name = win_wide(path);
    DeleteFileW(name);
    free(name);
}
/* In the words of other systems, so that programs say the same everywhere. */
const char *mo_os_error(int error) {
    static char text[32];
    mo_buf other = {0};
    switch (error) {
    case IS_FOLDER: return "Is a directory";
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NETPATH:
    case ERROR_INVALID_DRIVE: return "No such file or directory";
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION: return "Permission denied";
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS: return "File exists";
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL: return "No space left on device";
    case ERROR_BROKEN_PIPE:
    case ERROR_NO_DATA: return "Broken pipe";
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY: return "Cannot allocate memory";
    case ERROR_DIRECTORY: return "Not a directory";
    default:
        mo_buf_text(&other, "Windows error ");
        mo_buf_i64(&other, error);
        strncpy(text, mo_buf_c(&other), sizeof text - 1);
        mo_buf_free(&other);
        return text;
    }
}

/* ---- Time and environment ---- */

/* Ticks of 100 ns since 1601. */
int64_t mo_os_now(void) {
    FILETIME time;
    GetSystemTimePreciseAsFileTime(&time);
    return ((int64_t)((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime) - INT64_C(116444736000000000)) * 100;
}
int64_t mo_os_monotonic(void) {
    LARGE_INTEGER count, second;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&second);
    return count.QuadPart / second.QuadPart * 1000000000 +
           count.QuadPart % second.QuadPart * 1000000000 / second.QuadPart;
}
/* Read once: nothing here changes it. */
char **mo_os_environ(void) {
    static char **all;
    wchar_t *block, *at;
    size_t len = 0;
    if (all) return all;
    block = GetEnvironmentStringsW();
    all = mo_xmalloc(sizeof *all);
    for (at = block; at && *at; at += lstrlenW(at) + 1) {
        /* Those that begin so are the current folders of drives. */
        if (*at == L'=') continue;
        all = mo_xrealloc(all, (len + 2) * sizeof *all);
        all[len++] = win_narrow(at, lstrlenW(at), NULL);
    }
    all[len] = NULL;
    if (block) FreeEnvironmentStringsW(block);
    return all;
}
static char capital(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}
/* Names are the same in capitals. */
const char *mo_os_env(const char *name) {
    char **at;
    for (at = mo_os_environ(); *at; at++) {
        size_t i = 0;
        while (name[i] && capital(name[i]) == capital((*at)[i])) i++;
        if (!name[i] && (*at)[i] == '=') return *at + i + 1;
    }
    return NULL;
}

/* ---- Commands and hosts ---- */

int mo_os_shell(const char *command, char **output, size_t *len) {
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE from, to;
    STARTUPINFOW start;
    PROCESS_INFORMATION child;
    mo_buf line = {0}, text = {0};
    wchar_t *words;
    char room[4096];
    DWORD got, error = 0;
    if (!CreatePipe(&from, &to, &inherited, 0)) return (int)GetLastError();
    SetHandleInformation(from, HANDLE_FLAG_INHERIT, 0);
    memset(&start, 0, sizeof start);
    start.cb = sizeof start;
    start.dwFlags = STARTF_USESTDHANDLES;
    start.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    start.hStdOutput = start.hStdError = to;
    mo_buf_text(&line, "cmd.exe /d /s /c \"");
    mo_buf_text(&line, command);
    mo_buf_text(&line, "\"");
    words = win_wide(mo_buf_c(&line));
    if (!CreateProcessW(NULL, words, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child)) error = GetLastError();
    free(words);
    mo_buf_free(&line);
    CloseHandle(to);
    while (!error && ReadFile(from, room, sizeof room, &got, NULL) && got) mo_buf_bytes(&text, room, got);
    CloseHandle(from);
    if (error) return (int)error;
    WaitForSingleObject(child.hProcess, INFINITE);
    CloseHandle(child.hProcess);
    CloseHandle(child.hThread);
    *output = text.bytes ? text.bytes : mo_xmalloc(1);
    *len = text.len;
    return 0;
}
/* Names of hosts are known to a library that most programs can do without. */
char *mo_os_lookup(const char *host) {
    (void)host;
    return NULL;
}

/* Words that the parts behind this one use for themselves. */
#undef near
#undef far
#undef small
#undef INFINITE

int main(void) {
    mo_start();
    return 0;
}
