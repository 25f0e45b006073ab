/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the monitor: ./pledge_example pledge.example.org:8443 ca.pem me.pem me.key derby */
#include <pledge.h>
#include <pledge/v1/monitor.pb-c.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 6) {
        return 2;
    }
    struct pledge_channel_options options = {
        .address = argv[1], .ca_file = argv[2], .cert_file = argv[3], .key_file = argv[4]};
    struct pledge_status status;
    struct pledge_channel *channel = pledge_channel_new(&options, &status);
    if (!channel) {
        fprintf(stderr, "%s\n", status.message);
        return 1;
    }
    char parent[128];
    snprintf(parent, sizeof(parent), "authorities/%s", argv[5]);
    Pledge__V1__GetMonitorRequest request = PLEDGE__V1__GET_MONITOR_REQUEST__INIT;
    request.parent = parent;
    struct pledge_call_options once = {.timeout_ms = 5000, .idempotent = true};
    struct pledge_reply reply;
    if (pledge_call(channel, "/pledge.v1.MonitorService/GetMonitor", &request.base,
                    &pledge__v1__get_monitor_response__descriptor, &once, &reply)) {
        const Pledge__V1__GetMonitorResponse *monitor = (const void *)reply.message;
        for (size_t i = 0; i < monitor->n_statements; i++) {
            printf("%s\t%s\n", monitor->statements[i]->statement_id, monitor->statements[i]->title);
        }
    } else {
        fprintf(stderr, "%s: %s\n", pledge_code_name(reply.status.code), reply.status.message);
    }
    int exit_code = reply.status.code == PLEDGE_OK ? 0 : 1;
    pledge_reply_deinit(&reply);
    pledge_channel_free(channel);
    return exit_code;
}
