//! Every door and every proof: the library reads every card that the simulator has a name for, and reports
//! exactly what the name says.

mod common;
#[path = "every_door/doors.rs"]
mod doors;
#[path = "every_door/offers.rs"]
mod offers;
#[path = "every_door/profiles.rs"]
mod profiles;
#[path = "every_door/proofs.rs"]
mod proofs;
