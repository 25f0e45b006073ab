/* SPDX-License-Identifier: Apache-2.0 */
#include "client/cli/state.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0700, FILE_MODE = 0600, OTHERS = 077 };

/* The folder, or NULL when nobody says where home is. */
static char *folder(struct cli *cli)
{
    const char *base = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    /* The XDG rules: a path that is not absolute counts as none. */
    if (base && *base == '/') {
        return cli_printf(cli, "%s/pledge", base);
    }
    return home && *home ? cli_printf(cli, "%s/.local/state/pledge", home) : NULL;
}

/* The file of the service: its address in lower case, and what a file name should not have as %XX.
 */
static char *file_path(struct cli *cli, const char *in)
{
    const char *address = cli->settings.address ? cli->settings.address : "";
    char *name = arena_alloc(&cli->arena, 3 * strlen(address) + 1);
    size_t len = 0;
    for (; name && *address; address++) {
        unsigned char c = (unsigned char)tolower((unsigned char)*address);
        if (isalnum(c) || strchr(":.-", c)) {
            name[len++] = (char)c;
        } else {
            len += (size_t)snprintf(name + len, 4, "%%%02X", c);
        }
    }
    if (!name) {
        return NULL;
    }
    name[len] = '\0';
    return cli_printf(cli, "%s/%s.json", in, name);
}

/* Makes the folder and those above it that are missing. */
static bool make_folder(struct cli *cli, char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST;
        *slash = '/';
        if (!made) {
            break; /* the last one says why */
        }
    }
    if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST) {
        cli_fail(cli, "cannot make %s: %s", path, strerror(errno));
        return false;
    }
    return true;
}

/* Somebody else's file, or one that others may read, holds no secret of ours. */
bool state_is_ours(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
           !(status.st_mode & OTHERS);
}

static const char *member(struct cli *cli, const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return cli_copy(cli, text ? text : "");
}

bool state_load(struct cli *cli, struct state *ret_state)
{
    char bytes[STATE_MAX_FILE];
    char *in = folder(cli);
    char *path = in ? file_path(cli, in) : NULL;
    *ret_state = (struct state){"", "", ""};
    int fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (fd < 0 && (!path || errno == ENOENT || errno == ENOTDIR || errno == EACCES)) {
        return true;
    }
    ssize_t len = fd >= 0 && state_is_ours(fd) ? read(fd, bytes, sizeof(bytes)) : -1;
    if (fd >= 0) {
        close(fd);
    }
    json_t *json = len >= 0 ? json_loadb(bytes, (size_t)len, 0, NULL) : NULL;
    explicit_bzero(bytes, sizeof(bytes));
    if (!json_is_object(json)) {
        json_decref(json);
        cli_fail(cli,
                 "%s is not used: it must be a file of yours that only you can read (mode 600)",
                 path);
        fprintf(cli->err, "Remove it and sign in again: pledge login\n");
        return false;
    }
    *ret_state = (struct state){member(cli, json, "session_token"),
                                member(cli, json, "device_token"), member(cli, json, "authority")};
    json_decref(json);
    return true;
}

/* Writes a new file beside the old one and puts it in its place. */
static bool replace(const char *path, char *beside, const char *text)
{
    int fd = mkostemp(beside, O_CLOEXEC); /* mode 600 */
    if (fd < 0) {
        return false;
    }
    size_t len = strlen(text);
    bool written =
        fchmod(fd, FILE_MODE) == 0 && write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    written = close(fd) == 0 && written && rename(beside, path) == 0;
    if (!written) {
        int error = errno;
        unlink(beside);
        errno = error;
    }
    return written;
}

bool state_save(struct cli *cli, const struct state *state)
{
    char *in = folder(cli);
    char *path = in ? file_path(cli, in) : NULL;
    if (!path) {
        cli_fail(cli, "nowhere to keep the session: set HOME or XDG_STATE_HOME");
        return false;
    }
    if (!*state->session_token && !*state->device_token) {
        if (unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR) {
            cli_fail(cli, "cannot remove %s: %s", path, strerror(errno));
            return false;
        }
        return true;
    }
    if (!make_folder(cli, in)) {
        return false;
    }
    json_t *json = json_pack("{s:s, s:s, s:s}", "session_token", state->session_token,
                             "device_token", state->device_token, "authority", state->authority);
    char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
    bool good = text && replace(path, cli_printf(cli, "%s.XXXXXX", path), text);
    if (!good) {
        cli_fail(cli, "cannot write %s: %s", path, text ? strerror(errno) : "out of memory");
    }
    if (text) {
        explicit_bzero(text, strlen(text));
    }
    free(text);
    json_decref(json);
    return good;
}
