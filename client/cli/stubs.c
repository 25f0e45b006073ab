#include "client/cli/commands.h"
#define S(n)                                                                                       \
    int n(struct cli *cli)                                                                         \
    {                                                                                              \
        return cli_fail(cli, #n " is not there yet");                                              \
    }
S(run_call)
