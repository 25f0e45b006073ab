/* SPDX-License-Identifier: Apache-2.0 */
/* Load reports that test clients dictate: at the end of a call, and in a stream beside the calls.
 * Specification: grpc/proposal A51. */
#ifndef TESTS_INTEROP_ORCA_H
#define TESTS_INTEROP_ORCA_H

#include "server/rpc/call.h"

#include "grpc/testing/messages.pb-c.h"

/* Sends `report` in the call's trailers; NULL is allowed and sends nothing. */
void orca_tell(struct call *call, const Grpc__Testing__TestOrcaReport *report);

/* Makes `report` what orca_stream tells from now on; NULL is allowed and changes nothing. */
void orca_publish(struct call *call, const Grpc__Testing__TestOrcaReport *report);

/* xds.service.orca.v3.OpenRcaService/StreamCoreMetrics, for a registry. */
extern struct method orca_stream;

#endif
