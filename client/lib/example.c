/* SPDX-License-Identifier: Apache-2.0 */
/* ./pledge_example pledge.example.org:7443 ca.pem me.pem me.key authorities/derby */
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
    struct pledge_status status = {0};
    struct pledge_channel *channel = pledge_channel_new(&options, &status);
    Pledge__V1__GetMonitorRequest request = PLEDGE__V1__GET_MONITOR_REQUEST__INIT;
    request.parent = argv[5];
    struct pledge_call_options once = {.timeout_ms = 5000, .idempotent = true};
    struct pledge_reply reply = {.status = status};
    bool good =
        channel && pledge_call(channel, "/pledge.v1.MonitorService/GetMonitor", &request.base,
                               &pledge__v1__get_monitor_response__descriptor, &once, &reply);
    const Pledge__V1__GetMonitorResponse *monitor = (const void *)reply.message;
    for (size_t i = 0; good && i < monitor->n_statements; i++) {
        printf("%s\t%s\n", monitor->statements[i]->statement_id, monitor->statements[i]->title);
    }
    fprintf(stderr, "%s %s\n", pledge_code_name(reply.status.code), reply.status.message);
    pledge_reply_deinit(&reply);
    pledge_channel_free(channel);
    return good ? 0 : 1;
}
