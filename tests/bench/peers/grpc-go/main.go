// SPDX-License-Identifier: Apache-2.0

// The peer in grpc-go and pgx: health, and one read through row-level security. Settings come from the
// environment; peers/README.md lists them.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	pledgev1 "example.invalid/peer/gen/pledge/v1"
)

const settingsSQL = "SELECT set_config('pledge.authority', $1, true)," +
	" set_config('pledge.principal', $2, true), set_config('pledge.role', $3, true)," +
	" set_config('pledge.owner', $4, true), set_config('statement_timeout', $5, true)"

type server struct {
	pledgev1.UnimplementedPledgeServiceServer
	pool      *pgxpool.Pool
	statement string
	principal string
}

func (s *server) GetStatement(ctx context.Context, request *pledgev1.GetStatementRequest) (
	*pledgev1.GetStatementResponse, error) {
	part := strings.Split(request.Name, "/")
	if len(part) != 8 || part[0] != "authorities" || part[2] != "pledges" ||
		part[4] != "versions" || part[6] != "statements" {
		return nil, status.Error(codes.InvalidArgument, "not the name of a statement")
	}
	// One batch is one round trip and one transaction.
	batch := &pgx.Batch{}
	batch.Queue(settingsSQL, part[1], s.principal, "officer", "", "60000")
	batch.Queue(s.statement, part[3], part[5], part[7])
	results := s.pool.SendBatch(ctx, batch)
	defer results.Close()
	if _, err := results.Exec(); err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	found := &pledgev1.Statement{}
	err := results.QueryRow().Scan(&found.Name, &found.StatementId, &found.OutcomeId,
		&found.Title, &found.Text, &found.EasyRead, &found.Audience, &found.AgeFrom, &found.AgeTo,
		&found.Principles)
	if err == pgx.ErrNoRows {
		return nil, status.Error(codes.NotFound, "there is no such statement")
	} else if err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	return &pledgev1.GetStatementResponse{Statement: found}, nil
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func transport() credentials.TransportCredentials {
	pair := must(tls.LoadX509KeyPair(os.Getenv("PEER_CERTIFICATE"), os.Getenv("PEER_KEY")))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(must(os.ReadFile(os.Getenv("PEER_CLIENT_CA"))))
	return credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{pair},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    roots,
		MinVersion:   tls.VersionTLS13,
	})
}

func main() {
	config := must(pgxpool.ParseConfig(os.Getenv("PEER_DATABASE")))
	config.MaxConns = int32(must(strconv.Atoi(os.Getenv("PEER_CONNECTIONS"))))
	config.MinConns = config.MaxConns
	statement := string(must(os.ReadFile(os.Getenv("PEER_STATEMENT"))))
	pool := must(pgxpool.NewWithConfig(context.Background(), config))

	listener := must(net.Listen("tcp", os.Getenv("PEER_LISTEN")))
	// Long-lived workers spare a goroutine and the growth of its stack for each call.
	service := grpc.NewServer(grpc.Creds(transport()), grpc.SharedWriteBuffer(true),
		grpc.NumStreamWorkers(uint32(must(strconv.Atoi(os.Getenv("PEER_THREADS"))))),
		grpc.MaxConcurrentStreams(256))
	healthpb.RegisterHealthServer(service, health.NewServer())
	pledgev1.RegisterPledgeServiceServer(service, &server{
		pool: pool, statement: statement, principal: os.Getenv("PEER_PRINCIPAL")})
	log.Fatal(service.Serve(listener))
}
