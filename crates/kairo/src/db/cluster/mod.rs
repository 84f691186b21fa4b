//! stub
/// Mark of a throwaway cluster.
pub struct Throwaway(());
