//! The pages of the Terraform Registry: written from the schemas and the examples, and looked over for faults.

pub mod checks_section;
pub mod data_source_page;
pub mod examples;
pub mod faults;
pub mod function_page;
pub mod hcl;
pub mod index_page;
pub mod link;
pub mod module_readme;
pub mod page;
pub mod pages;
pub mod resource_page;
pub mod schema_section;
