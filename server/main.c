/* SPDX-License-Identifier: Apache-2.0 */
/* pledged: reads its settings, checks that protos, SQL and database agree, serves until told to
 * stop. */
#include "common/base/log.h"
#include "common/msg/json.h"
#include "proto/schema.h"
#include "server/admin.h"
#include "server/config.h"
#include "server/inquiry.h"
#include "server/notify.h"
#include "server/permissions.h"
#include "server/rpc/health.h"
#include "server/rpc/reflection.h"
#include "server/safety.h"
#include "server/signin/oidc.h"
#include "server/signup/signup.h"
#include "server/sqlrpc/described.h"
#include "server/telemetry.h"
#include "server/worker.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <link.h>
#include <malloc.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum task { TASK_SERVE, TASK_CHECK, TASK_PERMISSIONS };

enum {
    EXIT_USAGE = 2,
    FORGET_AFTER_NS = 500 * 1000 * 1000,
};

/* All that the workers share, made before they start. */
struct daemon {
    struct config config;
    SSL_CTX *tls;
    struct registry registry;
    struct health health;
    struct reflection *reflection;
    struct sql_methods methods;
    struct described described; /* until they are kept */
    bool to_keep;
    struct auth_roles roles;
    struct signin_config signin;
    struct signup signup;
    struct smtp_server mail;
    char mail_password[CONFIG_TEXT];
    struct db_statement *handlers[SIGNIN_STATEMENTS + SIGNUP_STATEMENTS + OUTBOX_STATEMENTS];
    struct db_catalog catalog;
    struct db_config db;
    struct worker *workers;
    unsigned worker_count;
    uv_work_t first_work;
    struct telemetry telemetry;
};

static const char usage[] =
    "usage: pledged [--config FILE] [--check | --permissions]\n"
    "       pledged add-host-administrator --database CONNINFO --name NAME\n"
    "                                      CERTIFICATE.pem | --user USER_NAME\n"
    "\n"
    "Serves the Pledge API over gRPC and TLS until SIGTERM, then lets open calls finish.\n"
    "\n"
    "  --config FILE  settings (default " PLEDGE_CONFIG_FILE " if it is there);\n"
    "                 PLEDGED_… variables override them\n"
    "  --check        check settings, protos, SQL and database against each other, and end\n"
    "  --permissions  print which role may call which method, and end\n"
    "  --version      print the version\n"
    "  --help         print this\n";

static void report(const char *where, const char *what)
{
    log_event(LOG_LEVEL_ERROR, "disagreement", "{s:s, s:s}", "where", where, "what", what);
}

/* Learns what the database says of each statement: from the last start where that still holds, and
 * from the database otherwise. */
static void describe(struct daemon *daemon, struct inquiry *inquiry, enum task task,
                     struct problems *problems)
{
    struct described *described = &daemon->described;
    const struct sql_methods *methods = &daemon->methods;
    const char *folder = daemon->config.cache_directory;
    struct err err = {0};
    if (!described_init(described, methods->statement_count)) {
        problem(problems, "statements", "out of memory");
        return;
    }
    bool kept = inquiry->catalogue_asked &&
                described_recognise(described, inquiry->conns[SQL_CHECK_CONNECTIONS - 1],
                                    methods->statements, &err) &&
                task != TASK_CHECK && described_read(described, folder, &err);
    if (!kept) {
        sql_methods_ask(methods, inquiry->conns, described, problems);
    }
    log_event(LOG_LEVEL_INFO, "statements", "{s:I, s:I, s:s}", "asked",
              (json_int_t)(kept ? 0 : methods->statement_count), "kept",
              (json_int_t)(kept ? methods->statement_count : 0), "why", err.message);
    daemon->to_keep = *folder && !kept;
}

/* Has the next start know what this one learned. What cannot be kept is asked again. */
static void keep_descriptions(struct daemon *daemon)
{
    struct err err = {0};
    if (daemon->to_keep &&
        !described_write(&daemon->described, daemon->config.cache_directory, &err)) {
        log_event(LOG_LEVEL_WARN, "statements", "{s:s}", "not_kept", err.message);
    }
    described_deinit(&daemon->described);
}

/* Holds what was loaded against the database. */
static void check_database(struct daemon *daemon, struct inquiry *inquiry, enum task task,
                           struct problems *problems)
{
    struct err err = {0};
    if (inquiry->err.code != GRPC_OK) {
        problem(problems, "database", "%s; is the schema deployed?", inquiry->err.message);
        return;
    }
    describe(daemon, inquiry, task, problems);
    sql_methods_check(&daemon->methods, &daemon->described, &daemon->roles, problems);
    if (!signin_register(&daemon->registry, &daemon->roles, &err)) {
        problem(problems, "signin", "%s", err.message);
    }
}

/* Loads the SQL and holds it against the database. False when anything disagrees. */
static bool check_all(struct daemon *daemon, struct inquiry *inquiry, enum task task)
{
    struct problems problems = {.report = report};
    memcpy(daemon->handlers, signin_statements, sizeof(signin_statements));
    memcpy(daemon->handlers + SIGNIN_STATEMENTS, signup_statements, sizeof(signup_statements));
    memcpy(daemon->handlers + SIGNIN_STATEMENTS + SIGNUP_STATEMENTS, outbox_statements,
           sizeof(outbox_statements));
    daemon->methods.extra = daemon->handlers;
    daemon->methods.extra_count = SIGNIN_STATEMENTS + SIGNUP_STATEMENTS + OUTBOX_STATEMENTS;
    sql_methods_load(&daemon->methods, daemon->config.sql_directory, schema_services, &problems);
    signup_register(&daemon->signup, &daemon->methods, &problems);
    if (!inquiry_end(inquiry)) {
        return false;
    }
    check_database(daemon, inquiry, task, &problems);
    sql_methods_register(&daemon->methods, &daemon->registry, schema_services, &problems);
    daemon->catalog.statements = daemon->methods.statements;
    daemon->catalog.statement_count = daemon->methods.statement_count;
    if (problems.count > 0) {
        log_event(LOG_LEVEL_ERROR, "refused", "{s:s, s:I}", "why",
                  "protos, SQL and database disagree", "problems", (json_int_t)problems.count);
    }
    return problems.count == 0;
}

static bool resolve(const char *listen_at, struct sockaddr_storage *address, socklen_t *len)
{
    char host[CONFIG_TEXT];
    const char *colon = strrchr(listen_at, ':');
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (!colon) {
        return false;
    }
    size_t host_len = (size_t)(colon - listen_at);
    bool bracketed = host_len > 2 && listen_at[0] == '[';
    snprintf(host, sizeof(host), "%.*s", (int)(bracketed ? host_len - 2 : host_len),
             listen_at + bracketed);
    if (getaddrinfo(*host ? host : NULL, colon + 1, &hints, &found) != 0) {
        return false;
    }
    memcpy(address, found->ai_addr, found->ai_addrlen);
    *len = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

/* SO_REUSEPORT would let a second daemon share the port and take half of the clients; so the port
 * is first bound without it. */
static bool port_taken(const struct sockaddr *address, socklen_t len)
{
    int one = 1;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    bool taken = fd >= 0 && bind(fd, address, len) != 0 && errno == EADDRINUSE;
    close(fd);
    return taken;
}

static bool start_telemetry(struct daemon *daemon, struct err *err)
{
    struct sockaddr_storage address;
    socklen_t len;
    const char *at = daemon->config.metrics_listen;
    if (!*at) {
        return true;
    }
    if (!resolve(at, &address, &len)) {
        return err_set(err, GRPC_INVALID_ARGUMENT, "metrics_listen: %s is no address and port", at);
    }
    if (!telemetry_start(&daemon->telemetry, daemon->workers, daemon->worker_count,
                         (struct sockaddr *)&address, len, err)) {
        return false;
    }
    log_event(LOG_LEVEL_INFO, "metrics", "{s:i}", "port", telemetry_port(&daemon->telemetry));
    return true;
}

static void do_nothing(uv_work_t *work)
{
    (void)work;
}

/* Has libuv start its threads. It would do so when they are first needed, and give up the whole
 * daemon if the system has none to spare: rather now than when somebody signs in. */
static void start_pool(struct daemon *daemon)
{
    uv_queue_work(&daemon->workers[0].loop.uv, &daemon->first_work, do_nothing, NULL);
}

static bool start_workers(struct daemon *daemon, const struct worker_shared *shared,
                          struct err *err)
{
    struct sockaddr_storage address;
    socklen_t len;
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (!resolve(daemon->config.listen, &address, &len)) {
        return err_set(err, GRPC_INVALID_ARGUMENT, "listen: %s is no address and port",
                       daemon->config.listen);
    }
    if (port_taken((struct sockaddr *)&address, len)) {
        return err_set(err, GRPC_ALREADY_EXISTS, "listen: %s is in use by another program",
                       daemon->config.listen);
    }
    for (unsigned i = 0; i < daemon->worker_count; i++) {
        if (!worker_init(&daemon->workers[i], shared, (struct sockaddr *)&address, len, err)) {
            return false;
        }
        /* port 0 is chosen by the first listener and shared by the others */
        getsockname(daemon->workers[i].listener.fd, (struct sockaddr *)&address, &len);
    }
    start_pool(daemon);
    worker_retain(&daemon->workers[0], daemon->config.retention_check_s);
    worker_send(&daemon->workers[0], &daemon->mail, daemon->config.mail_check_s);
    for (unsigned i = 0; i < daemon->worker_count; i++) {
        if (!worker_start(&daemon->workers[i])) {
            return err_set(err, GRPC_INTERNAL, "a thread cannot be started");
        }
    }
    getnameinfo((struct sockaddr *)&address, len, host, sizeof(host), port, sizeof(port),
                NI_NUMERICHOST | NI_NUMERICSERV);
    log_event(LOG_LEVEL_INFO, "listening", "{s:s, s:s, s:i, s:I}", "host", host, "port", port,
              "loops", (int)daemon->worker_count, "methods", (json_int_t)daemon->registry.count);
    return true;
}

/* Lets go of the code of one library or of ours; what is needed again is mapped again from the page
 * cache. Only code is touched: data that the loader relocated would be lost. */
static int forget_code(struct dl_phdr_info *object, size_t size, void *data)
{
    (void)size;
    (void)data;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && (part->p_flags & PF_X) && !(part->p_flags & PF_W)) {
            uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
            uintptr_t from = (object->dlpi_addr + part->p_vaddr) & ~(page - 1);
            uintptr_t to = object->dlpi_addr + part->p_vaddr + part->p_memsz;
            madvise((void *)from, to - from, MADV_DONTNEED);
        }
    }
    return 0;
}

/* Starting takes three times the memory of serving: the schema, and code that never runs again. */
static void forget_start(void)
{
    malloc_trim(0);
    dl_iterate_phdr(forget_code, NULL);
}

/* Makes what signing in needs. False with a sentence. */
static bool prepare_signin(struct daemon *daemon, char *error, size_t size)
{
    const struct config *config = &daemon->config;
    if (!secret_key_read(&daemon->signin.key, config->secret_key, error, size)) {
        return false;
    }
    signup_init(&daemon->signup, &daemon->signin.key);
    daemon->signin.attempts_a_minute = config->signin_rate;
    daemon->signin.newcomers_a_minute =
        (config->signin_newcomers + (int)daemon->worker_count - 1) / (int)daemon->worker_count;
    daemon->signin.idle_seconds = config->session_idle_minutes * 60;
    daemon->signin.life_seconds = config->session_hours * 60 * 60;
    daemon->signin.oidc = oidc_new(config->oidc_ca_file, config->oidc_allow_private == 1);
    return daemon->signin.oidc || (snprintf(error, size, "out of memory"), false);
}

/* Makes what sending mail needs. False with a sentence. */
static bool prepare_mail(struct daemon *daemon, char *error, size_t size)
{
    const struct config *config = &daemon->config;
    daemon->mail = (struct smtp_server){.url = config->smtp_url,
                                        .from = config->smtp_from,
                                        .user = config->smtp_user,
                                        .password = daemon->mail_password,
                                        .ca_file = config->smtp_ca_file,
                                        .in_the_clear = config->smtp_in_the_clear == 1};
    if (!*config->smtp_password) {
        return true;
    }
    FILE *file = fopen(config->smtp_password, "re");
    bool good = file && fgets(daemon->mail_password, sizeof(daemon->mail_password), file);
    if (file) {
        fclose(file);
    }
    daemon->mail_password[strcspn(daemon->mail_password, "\r\n")] = '\0';
    return good ||
           (snprintf(error, size, "smtp_password: %.300s cannot be read", config->smtp_password),
            false);
}

/* Makes what the settings tell of. False with a sentence. */
static bool prepare(struct daemon *daemon, char *error, size_t size)
{
    const struct config *config = &daemon->config;
    if (!prepare_signin(daemon, error, size) || !prepare_mail(daemon, error, size)) {
        return false;
    }
    daemon->tls = tls_context_new(config->tls_certificate, config->tls_key, config->tls_client_ca,
                                  error, size);
    return daemon->tls != NULL;
}

/* Serves until a signal; returns the exit status. */
static int serve(struct daemon *daemon, const struct worker_shared *shared, const sigset_t *signals)
{
    static const struct timespec settled = {.tv_nsec = FORGET_AFTER_NS};
    struct err err = {0};
    int number;
    if (!start_workers(daemon, shared, &err) || !start_telemetry(daemon, &err)) {
        log_event(LOG_LEVEL_ERROR, "refused", "{s:s}", "why", err.message);
        fflush(NULL);
        _exit(EXIT_FAILURE); /* some threads may already run */
    }
    notify_state("READY=1");
    keep_descriptions(daemon);
    number = sigtimedwait(signals, NULL, &settled);
    if (number <
        0) { /* the first calls are answered, with what they need mapped again as it is used */
        forget_start();
        sigwait(signals, &number);
    }
    log_event(LOG_LEVEL_INFO, "draining", "{s:s}", "signal", strsignal(number));
    notify_state("STOPPING=1");
    for (unsigned i = 0; i < daemon->worker_count; i++) {
        worker_drain(&daemon->workers[i]);
    }
    telemetry_stop(&daemon->telemetry);
    for (unsigned i = 0; i < daemon->worker_count; i++) {
        worker_join(&daemon->workers[i]);
    }
    log_event(LOG_LEVEL_INFO, "stopped", "{}");
    return EXIT_SUCCESS;
}

static void daemon_deinit(struct daemon *daemon)
{
    SSL_CTX_free(daemon->tls);
    sql_methods_deinit(&daemon->methods);
    described_deinit(&daemon->described);
    auth_roles_deinit(&daemon->roles);
    oidc_free(daemon->signin.oidc);
    db_rules_deinit(&daemon->catalog.rules);
    reflection_free(daemon->reflection);
    free(daemon->workers);
}

static int run(struct daemon *daemon, enum task task)
{
    char error[512];
    sigset_t signals;
    struct inquiry inquiry;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    msg_json_watch_memory();
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max; /* a connection is a descriptor */
        setrlimit(RLIMIT_NOFILE, &files);
    }
    int processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
    daemon->worker_count = (unsigned)(daemon->config.loops ? daemon->config.loops : processors);
    if (!safety_check(&daemon->config, error, sizeof(error))) {
        log_event(LOG_LEVEL_ERROR, "refused", "{s:s}", "why", error);
        return EXIT_FAILURE;
    }
    inquiry_begin(&inquiry, daemon->config.database, *daemon->config.cache_directory != '\0',
                  &daemon->roles, &daemon->catalog.rules);
    if (!prepare(daemon, error, sizeof(error))) {
        log_event(LOG_LEVEL_ERROR, "refused", "{s:s}", "why", error);
        fflush(NULL);
        _exit(EXIT_FAILURE); /* the database may still be waited for */
    }
    daemon->reflection = reflection_register(&daemon->registry, schema_descriptors,
                                             (size_t)(schema_descriptors_end - schema_descriptors));
    bool good = daemon->reflection &&
                health_register(&daemon->health, &daemon->registry, worker_serving) &&
                check_all(daemon, &inquiry, task);
    inquiry_deinit(&inquiry);
    int status = good ? EXIT_SUCCESS : EXIT_FAILURE;
    daemon->workers = calloc(daemon->worker_count, sizeof(*daemon->workers));
    const struct config *config = &daemon->config;
    daemon->db = (struct db_config){.conninfo = config->database,
                                    .connections = {(unsigned)config->read_connections,
                                                    (unsigned)config->heavy_connections,
                                                    (unsigned)config->write_connections}};
    if (good && task == TASK_PERMISSIONS) {
        permissions_write(&daemon->registry, &daemon->roles, stdout);
    } else if (good && task == TASK_CHECK) {
        keep_descriptions(daemon);
    } else if (good && task == TASK_SERVE && daemon->workers) {
        struct worker_shared shared = {
            daemon->tls,     &daemon->registry,  &daemon->catalog,     &daemon->db,
            &daemon->roles,  config->drain_ms,   config->slow_call_ms, config->principal_rate,
            &daemon->signin, config->web_origins};
        status = serve(daemon, &shared, &signals);
    }
    return status;
}

/* libpq brings libldap, and that GnuTLS, which would set itself up before main although nothing
 * here uses it (GnuTLS manual, "Common types and functions", GNUTLS_SKIP_GLOBAL_INIT). */
int _gnutls_global_init_skip(void);
int _gnutls_global_init_skip(void)
{
    return 1;
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'}, {"check", no_argument, NULL, 'k'},
        {"permissions", no_argument, NULL, 'p'},  {"version", no_argument, NULL, 'v'},
        {"help", no_argument, NULL, 'h'},         {0}};
    static struct daemon daemon;
    const char *path = access(PLEDGE_CONFIG_FILE, R_OK) == 0 ? PLEDGE_CONFIG_FILE : NULL;
    enum task task = TASK_SERVE;
    char error[512];
    enum log_level level;
    int option;
    if (argc > 1 && strcmp(argv[1], "add-host-administrator") == 0) {
        return admin_add_host_administrator(argc - 1, argv + 1);
    }
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'c') {
            path = optarg;
        } else if (option == 'k') {
            task = TASK_CHECK;
        } else if (option == 'p') {
            task = TASK_PERMISSIONS;
        } else if (option == 'v') {
            puts("pledged " PLEDGE_VERSION);
            return EXIT_SUCCESS;
        } else {
            fputs(usage, option == 'h' ? stdout : stderr);
            return option == 'h' ? EXIT_SUCCESS : EXIT_USAGE;
        }
    }
    if (optind < argc) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (!config_load(&daemon.config, path, error, sizeof(error))) {
        fprintf(stderr, "pledged: %s\n", error);
        return EXIT_USAGE;
    }
    if (!log_level_parse(daemon.config.log_level, &level)) {
        fprintf(stderr, "pledged: log_level must be debug, info, warn or error\n");
        return EXIT_USAGE;
    }
    log_set_level(level);
    int status = run(&daemon, task);
    daemon_deinit(&daemon);
    return status;
}
