// SPDX-License-Identifier: Apache-2.0

fn main() -> std::io::Result<()> {
    let root = std::env::var("PEER_PROTO").expect("PEER_PROTO names the folder of the protos");
    tonic_prost_build::configure()
        .build_client(false)
        .generate_default_stubs(true)
        .compile_protos(&[format!("{root}/pledge/v1/pledge.proto")], &[root])
}
