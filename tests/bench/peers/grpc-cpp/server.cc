// SPDX-License-Identifier: Apache-2.0

// The peer in gRPC C++ and libpq: health, and one read through row-level security. Settings come
// from the environment; peers/README.md lists them.

#include <arpa/inet.h>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <grpcpp/grpcpp.h>
#include <iostream>
#include <iterator>
#include <libpq-fe.h>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "pledge/v1/pledge.grpc.pb.h"

namespace
{

using pledge::v1::GetStatementRequest;
using pledge::v1::GetStatementResponse;

const char kSettings[] =
    "SELECT set_config('pledge.authority', $1, true), set_config('pledge.principal', $2, true),"
    " set_config('pledge.role', $3, true), set_config('pledge.owner', $4, true),"
    " set_config('statement_timeout', $5, true)";

std::string Setting(const char *name)
{
    const char *value = std::getenv(name);
    if (!value) {
        std::cerr << name << " is not set\n";
        std::exit(1);
    }
    return value;
}

std::string File(const char *name)
{
    std::ifstream file(Setting(name));
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Job {
    grpc::ServerUnaryReactor *reactor;
    GetStatementResponse *response;
    std::vector<std::string> part;
};

// A connection and the thread that waits for it. Jobs that are waiting go out together, each as a
// transaction of its own.
class Worker
{
  public:
    Worker(const std::string &database, const std::string &statement, std::string principal)
        : principal_(std::move(principal)), conn_(PQconnectdb(database.c_str()))
    {
        PGresult *first = PQprepare(conn_, "settings", kSettings, 0, nullptr);
        PGresult *second = PQprepare(conn_, "statement", statement.c_str(), 0, nullptr);
        if (PQresultStatus(first) != PGRES_COMMAND_OK ||
            PQresultStatus(second) != PGRES_COMMAND_OK || !PQenterPipelineMode(conn_)) {
            std::cerr << PQerrorMessage(conn_);
            std::exit(1);
        }
        PQclear(first);
        PQclear(second);
    }

    void Run(std::mutex &mutex, std::condition_variable &some, std::deque<Job> &queue)
    {
        std::vector<Job> jobs;
        for (;;) {
            {
                std::unique_lock<std::mutex> lock(mutex);
                some.wait(lock, [&] { return !queue.empty(); });
                while (!queue.empty() && jobs.size() < kTogether) {
                    jobs.push_back(std::move(queue.front()));
                    queue.pop_front();
                }
            }
            for (const Job &job : jobs) {
                Send(job);
            }
            for (const Job &job : jobs) {
                job.reactor->Finish(Receive(job));
            }
            jobs.clear();
        }
    }

  private:
    static constexpr size_t kTogether = 32;

    void Send(const Job &job)
    {
        const char *settings[] = {job.part[1].c_str(), principal_.c_str(), "officer", "", "60000"};
        const char *key[] = {job.part[3].c_str(), job.part[5].c_str(), job.part[7].c_str()};
        PQsendQueryPrepared(conn_, "settings", 5, settings, nullptr, nullptr, 1);
        PQsendQueryPrepared(conn_, "statement", 3, key, nullptr, nullptr, 1);
        PQpipelineSync(conn_);
    }

    grpc::Status Receive(const Job &job)
    {
        grpc::Status status;
        for (int item = 0; item < 2; item++) {
            PGresult *result = PQgetResult(conn_);
            if (PQresultStatus(result) != PGRES_TUPLES_OK) {
                status = {grpc::StatusCode::INTERNAL, PQresultErrorMessage(result)};
            } else if (item == 1 && PQntuples(result) != 1) {
                status = {grpc::StatusCode::NOT_FOUND, "there is no such statement"};
            } else if (item == 1) {
                Fill(result, job.response->mutable_statement());
            }
            PQclear(result);
            PQclear(PQgetResult(conn_)); // the end of the statement
        }
        PQclear(PQgetResult(conn_)); // the sync
        return status;
    }

    static int Number(const PGresult *row, int column)
    {
        uint32_t bytes;
        std::memcpy(&bytes, PQgetvalue(row, 0, column), sizeof(bytes));
        return static_cast<int>(ntohl(bytes));
    }

    static void Fill(const PGresult *row, pledge::v1::Statement *statement)
    {
        auto text = [row](int column) {
            return std::string(PQgetvalue(row, 0, column),
                               static_cast<size_t>(PQgetlength(row, 0, column)));
        };
        statement->set_name(text(0));
        statement->set_statement_id(text(1));
        statement->set_outcome_id(text(2));
        statement->set_title(text(3));
        statement->set_text(text(4));
        statement->set_easy_read(text(5));
        statement->set_audience(text(6));
        statement->set_age_from(Number(row, 7));
        statement->set_age_to(Number(row, 8));
        statement->set_principles(text(9));
    }

    std::string principal_;
    PGconn *conn_;
};

class Service final : public pledge::v1::PledgeService::CallbackService
{
  public:
    Service()
    {
        int connections = std::stoi(Setting("PEER_CONNECTIONS"));
        std::string statement = File("PEER_STATEMENT");
        for (int i = 0; i < connections; i++) {
            auto worker = std::make_shared<Worker>(Setting("PEER_DATABASE"), statement,
                                                   Setting("PEER_PRINCIPAL"));
            std::thread([this, worker] { worker->Run(mutex_, some_, queue_); }).detach();
        }
    }

    grpc::ServerUnaryReactor *GetStatement(grpc::CallbackServerContext *context,
                                           const GetStatementRequest *request,
                                           GetStatementResponse *response) override
    {
        Job job = {context->DefaultReactor(), response, {}};
        std::stringstream name(request->name());
        for (std::string part; std::getline(name, part, '/');) {
            job.part.push_back(part);
        }
        grpc::ServerUnaryReactor *reactor = job.reactor;
        if (job.part.size() != 8 || job.part[0] != "authorities" || job.part[2] != "pledges" ||
            job.part[4] != "versions" || job.part[6] != "statements") {
            reactor->Finish({grpc::StatusCode::INVALID_ARGUMENT, "not the name of a statement"});
            return reactor;
        }
        {
            std::lock_guard<std::mutex> lock(mutex_);
            queue_.push_back(std::move(job));
        }
        some_.notify_one();
        return reactor;
    }

  private:
    std::mutex mutex_;
    std::condition_variable some_;
    std::deque<Job> queue_;
};

} // namespace

int main()
{
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.pem_root_certs = File("PEER_CLIENT_CA");
    options.pem_key_cert_pairs.push_back({File("PEER_KEY"), File("PEER_CERTIFICATE")});

    grpc::EnableDefaultHealthCheckService(true);
    Service service;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(Setting("PEER_LISTEN"), grpc::SslServerCredentials(options));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 256);
    builder.RegisterService(&service);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) {
        return 1;
    }
    server->Wait();
}
