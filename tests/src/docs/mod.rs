//! The pages of the Terraform Registry: written from the schemas and the examples, and looked over for faults.

pub mod checks_section;
pub mod data_source_page;
pub mod engine_section;
pub mod examples;
pub mod faults;
pub mod fences;
pub mod function_page;
pub mod guide_page;
pub mod hcl;
pub mod index_page;
pub mod link;
pub mod module_readme;
pub mod notices_section;
pub mod page;
pub mod pages;
pub mod permissions_section;
pub mod resource_page;
pub mod schema_section;
