//! A mock of the social-insurance office, for a kiosk to ask:
//!
//! ```text
//! cargo run --example insurance_office -- 8090 &
//! cargo run --features pcsc --example hospital_kiosk -- csca.der --health-insurance \
//!     'http://127.0.0.1:8090/api/egw/KQNhanLichSuKCB2024' --staff 'Đặng Văn Đức' --staff-id 000060004321
//! ```
//!
//! It listens on this machine alone, knows people who do not exist, and asks for no account. The real office speaks TLS
//! and wants an account, a token and a registered address: a gateway of the hospital's own has these.

use std::{env, error::Error, net::TcpListener};

#[path = "health_insurance/office.rs"]
mod office;

use office::{Insured, Registered, serve};

fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = env::args().nth(1).as_deref().unwrap_or("8090").parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("http://{}", listener.local_addr()?);
    let insured = [
        Insured {
            id_number: "000195001234",
            full_name: "Nguyễn Thị Thu Hà",
            date_of_birth: "15/06/1995",
            code: "000",
        },
        Insured {
            id_number: "000154000101",
            full_name: "Lê Thị Mẫu",
            date_of_birth: "1954",
            code: "004",
        },
        Insured {
            id_number: "000090000107",
            full_name: "Vũ Quang Thử",
            date_of_birth: "01/01/1990",
            code: "010",
        },
    ];
    let staff = [Registered { id_number: "000060004321", full_name: "Đặng Văn Đức" }];
    serve(&listener, &insured, &staff, usize::MAX);
    Ok(())
}
