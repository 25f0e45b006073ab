// SPDX-License-Identifier: Apache-2.0

//! The peer in tonic and tokio-postgres: health, and one read through row-level security. Settings
//! come from the environment; peers/README.md lists them.

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use futures_util::future::try_join4;
use tokio_postgres::NoTls;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

mod pledge {
    tonic::include_proto!("pledge.v1");
}
use pledge::pledge_service_server::{PledgeService, PledgeServiceServer};

const SETTINGS: &str = "SELECT set_config('pledge.authority', $1, true), \
    set_config('pledge.principal', $2, true), set_config('pledge.role', $3, true), \
    set_config('pledge.owner', $4, true), set_config('statement_timeout', $5, true)";

struct Peer {
    pool: Pool,
    statement: String,
    principal: String,
}

fn internal(error: impl std::fmt::Display) -> Status {
    Status::internal(error.to_string())
}

impl Peer {
    async fn get_statement(&self, name: &str) -> Result<Option<pledge::Statement>, Status> {
        let part: Vec<&str> = name.split('/').collect();
        let ["authorities", authority, "pledges", pledge_id, "versions", version, "statements", id] =
            part[..]
        else {
            return Err(Status::invalid_argument("not the name of a statement"));
        };
        let client = self.pool.get().await.map_err(internal)?;
        let settings = client.prepare_cached(SETTINGS).await.map_err(internal)?;
        let statement = client.prepare_cached(&self.statement).await.map_err(internal)?;
        let (role, owner, timeout) = ("officer", "", "60000");
        // The connection is this call's alone, and what is polled together is one round trip.
        let (_, _, row, _) = try_join4(
            client.batch_execute("BEGIN READ ONLY"),
            client.execute(&settings, &[&authority, &self.principal, &role, &owner, &timeout]),
            client.query_opt(&statement, &[&pledge_id, &version, &id]),
            client.batch_execute("COMMIT"),
        )
        .await
        .map_err(internal)?;
        Ok(row.map(|row| pledge::Statement {
            name: row.get(0),
            statement_id: row.get(1),
            outcome_id: row.get(2),
            title: row.get(3),
            text: row.get(4),
            easy_read: row.get(5),
            audience: row.get(6),
            age_from: row.get(7),
            age_to: row.get(8),
            principles: row.get(9),
        }))
    }
}

#[tonic::async_trait]
impl PledgeService for Peer {
    async fn get_statement(
        &self,
        request: Request<pledge::GetStatementRequest>,
    ) -> Result<Response<pledge::GetStatementResponse>, Status> {
        match self.get_statement(&request.get_ref().name).await? {
            None => Err(Status::not_found("there is no such statement")),
            statement => Ok(Response::new(pledge::GetStatementResponse { statement })),
        }
    }
}

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn number(name: &str) -> usize {
    setting(name).parse().unwrap_or_else(|_| panic!("{name} is no number"))
}

fn file(name: &str) -> Vec<u8> {
    let path = setting(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

async fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let manager = Manager::from_config(
        setting("PEER_DATABASE").parse()?,
        NoTls,
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    let pool = Pool::builder(manager).max_size(number("PEER_CONNECTIONS")).build()?;
    let peer = Peer {
        pool,
        statement: String::from_utf8(file("PEER_STATEMENT"))?,
        principal: setting("PEER_PRINCIPAL"),
    };
    let tls = ServerTlsConfig::new()
        .identity(Identity::from_pem(file("PEER_CERTIFICATE"), file("PEER_KEY")))
        .client_ca_root(Certificate::from_pem(file("PEER_CLIENT_CA")));
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<PledgeServiceServer<Peer>>().await;
    Server::builder()
        .tls_config(tls)?
        .tcp_nodelay(true)
        .add_service(health)
        .add_service(PledgeServiceServer::new(peer))
        .serve(setting("PEER_LISTEN").parse()?)
        .await?;
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // On one core a runtime without other threads spares their wake-ups.
    let runtime = match number("PEER_THREADS") {
        1 => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        threads => tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()?,
    };
    runtime.block_on(serve())
}
