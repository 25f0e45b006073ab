#include "client/cli/commands.h"
#define S(n)                                                                                       \
    int n(struct cli *cli)                                                                         \
    {                                                                                              \
        return cli_fail(cli, #n " is not there yet");                                              \
    }
S(run_pledge_list)
S(run_pledge_show) S(run_pledge_versions) S(run_pledge_compare) S(run_pledge_content)
    S(run_pledge_adopt) S(run_commitment_list) S(run_commitment_show) S(run_apply) S(run_call)
        S(run_completion) S(run_man)
