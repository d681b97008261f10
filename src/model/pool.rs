//! Pools: one product that several makers make, each as much as she can.

use super::ProducerIx;

/// What one maker can make of a pooled product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The maker.
    pub maker: ProducerIx,
    /// How many she can make in a month.
    pub per_month: u32,
}

/// Splits an order over makers by what each can make in a month, in whole pieces (largest remainders; of equal ones the
/// earlier maker takes more). Who can make none gets none; if nobody says how many, all get the same.
///
/// The sum is the quantity. `themes/script/money.js` splits in the same way, held to it by `tests/vectors/own/pool.json`.
#[must_use]
pub fn split(quantity: u32, per_month: &[u32]) -> Vec<u32> {
    let total: u64 = per_month.iter().map(|count| u64::from(*count)).sum();
    let weights: Vec<u64> = match total {
        0 => vec![1; per_month.len()],
        _ => per_month.iter().map(|count| u64::from(*count)).collect(),
    };
    let total = if total == 0 { weights.len() as u64 } else { total };
    if total == 0 {
        return Vec::new();
    }
    let parts = |weight: &u64| u64::from(quantity) * weight;
    let mut split: Vec<u64> = weights.iter().map(|weight| parts(weight) / total).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(parts(&weights[*at]) % total));
    let left = u64::from(quantity) - split.iter().sum::<u64>();
    // Fewer pieces are left than makers whose part was rounded down.
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        split[at] += 1;
    }
    split.into_iter().map(|count| u32::try_from(count).expect("at most the quantity")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_order_is_split_as_the_table_says() {
        #[derive(serde::Deserialize)]
        struct Case {
            quantity: u32,
            per_month: Vec<u32>,
            is: Vec<u32>,
        }
        #[derive(serde::Deserialize)]
        struct Table {
            cases: Vec<Case>,
        }
        let table: Table =
            serde_json::from_str(include_str!("../../tests/vectors/own/pool.json")).expect("JSON");
        assert!(table.cases.len() > 5);
        for Case { quantity, per_month, is } in table.cases {
            assert_eq!(split(quantity, &per_month), is, "{quantity} over {per_month:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nobody_gets_more_than_her_part_rounded_up(
            quantity in 0..=10_000_000_u32,
            per_month in proptest::collection::vec(0..=10_000_000_u32, 1..12),
        ) {
            let split = split(quantity, &per_month);
            prop_assert_eq!(split.iter().map(|n| u64::from(*n)).sum::<u64>(), u64::from(quantity));
            let total: u64 = per_month.iter().map(|n| u64::from(*n)).sum();
            for (part, weight) in split.iter().zip(&per_month) {
                let whole = u64::from(quantity) * u64::from(*weight);
                if let Some(least) = whole.checked_div(total) {
                    prop_assert!(u64::from(*part) >= least);
                    prop_assert!(u64::from(*part) <= whole.div_ceil(total));
                }
            }
        }
    }
}
