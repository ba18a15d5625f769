//! `allocate`: `allocate_inventory` beside the loop that it replaces, in PostgreSQL alone.
//!
//! The loop is a PL/pgSQL function as well, so that both are one call: one SELECT … FOR UPDATE and one UPDATE
//! for each line, in the order in which the lines were written. The same loop driven from outside, with two
//! round trips a line, is measured for comparison, and so is the statement that one would write first: it locks all
//! rows, judges them, and updates them. How many orders the loop comes to depends on its deadlocks, each of which
//! stands still for a second on any machine; how many the two functions do depends on the machine.

use super::{Bed, Options, median};
use crate::pgbench::{Bench, Measured, Pgbench};
use crate::progress::Waiting;
use crate::report::{Report, Table, count, duration, figure};
use anyhow::{Context as _, Result};
use cluster::Cluster;
use std::fmt::Write as _;
use std::time::Duration;

/// The bare database, which has only the two tables that `allocate_inventory` needs.
const DATABASE: &str = "allocate";

/// Orders that are allocated again and again; stock is never short.
const ORDERS: usize = 10_000;

/// How long one measurement takes, in seconds, and how often all take turns; the median counts.
const SECONDS: f64 = 2.0;
const ROUNDS: usize = 7;

/// The same where clients can deadlock: each deadlock of the loop stands still for a second, so that two seconds say
/// more of chance than of the loop.
const SECONDS_DEADLOCKS: f64 = 8.0;
const ROUNDS_DEADLOCKS: usize = 3;

/// The function as the server has it, with the one that it calls for orders of several lines.
const DEFINITION: &str = "SELECT string_agg(pg_get_functiondef(oid), '; ') FROM pg_proc
                           WHERE proname IN ('allocate_inventory', 'allocate_inventory_products')";

/// Both tables, the loop, and the function that locks first. Lines are read in the order in which they were written:
/// the index is on the order alone. Pages of stock levels are half full, as the server's own are.
const TABLES: &str = "
    CREATE TABLE inventory (product_id bigint, warehouse_id bigint, stock_quantity integer NOT NULL,
                            PRIMARY KEY (product_id, warehouse_id)) WITH (fillfactor = 50);
    CREATE TABLE order_items (order_id bigint NOT NULL, product_id bigint NOT NULL, quantity integer NOT NULL);
    CREATE INDEX ON order_items (order_id);
    CREATE FUNCTION allocate_by_loop(p_order_id bigint, p_warehouse_id bigint) RETURNS boolean
    LANGUAGE plpgsql AS $$
    DECLARE
        v_line record;
        v_stock integer;
    BEGIN
        FOR v_line IN SELECT product_id, quantity FROM order_items WHERE order_id = p_order_id LOOP
            SELECT stock_quantity INTO v_stock FROM inventory
             WHERE product_id = v_line.product_id AND warehouse_id = p_warehouse_id FOR UPDATE;
            IF v_stock IS NULL OR v_stock < v_line.quantity THEN
                RAISE EXCEPTION 'too little of product %', v_line.product_id;
            END IF;
            UPDATE inventory SET stock_quantity = stock_quantity - v_line.quantity
             WHERE product_id = v_line.product_id AND warehouse_id = p_warehouse_id;
        END LOOP;
        RETURN true;
    END
    $$;
    CREATE FUNCTION allocate_locking_first(p_order_id bigint, p_warehouse_id bigint) RETURNS boolean
    LANGUAGE plpgsql AS $$
    DECLARE
        v_suffices boolean;
    BEGIN
        IF NOT EXISTS (SELECT FROM order_items WHERE order_id = p_order_id) THEN
            RETURN true;
        END IF;
        WITH demand AS MATERIALIZED (
            SELECT product_id, sum(quantity) AS units FROM order_items WHERE order_id = p_order_id GROUP BY product_id
        ), locked AS MATERIALIZED (
            SELECT product_id, stock_quantity FROM inventory
             WHERE warehouse_id = p_warehouse_id AND product_id IN (SELECT product_id FROM demand)
             ORDER BY product_id FOR UPDATE
        ), judged AS MATERIALIZED (
            SELECT count(*) = count(*) FILTER (WHERE stock_quantity >= units) AS suffices
              FROM demand LEFT JOIN locked USING (product_id)
        ), taken AS (
            UPDATE inventory SET stock_quantity = inventory.stock_quantity - demand.units
              FROM demand
             WHERE inventory.product_id = demand.product_id AND inventory.warehouse_id = p_warehouse_id
               AND (SELECT suffices FROM judged)
        )
        SELECT suffices INTO v_suffices FROM judged;
        RETURN v_suffices;
    END
    $$;";

/// One comparison.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Concurrent clients.
    pub clients: usize,
    /// Lines of each order, each of another product, in random order.
    pub lines: usize,
    /// Products that lines are drawn from.
    pub products: usize,
    /// By how much `allocate_inventory` must be faster than the loop, where that is a target.
    pub target: Option<f64>,
}

/// The comparisons that have a target. With 16 clients and 10 lines PostgreSQL bounds the ratio: a statement that only
/// updates the rows of an order, without checking anything, is 12 times as fast as the loop.
pub const TARGETS: [Case; 4] = [
    Case { clients: 16, lines: 10, products: 2_000, target: Some(5.0) },
    Case { clients: 16, lines: 100, products: 100_000, target: Some(12.0) },
    Case { clients: 1, lines: 1, products: 2_000, target: Some(1.0) },
    Case { clients: 1, lines: 100, products: 100_000, target: Some(1.5) },
];

/// What else is of interest: the way from one line to a thousand.
const FURTHER: [Case; 4] = [
    Case { clients: 1, lines: 10, products: 2_000, target: None },
    Case { clients: 1, lines: 1_000, products: 100_000, target: None },
    Case { clients: 16, lines: 1, products: 2_000, target: None },
    Case { clients: 16, lines: 1_000, products: 100_000, target: None },
];

/// What a comparison found.
#[derive(Debug, Clone)]
pub struct Compared {
    case: Case,
    function: Vec<Measured>,
    locking_first: Vec<Measured>,
    in_database: Vec<Measured>,
    from_outside: Option<Measured>,
}

impl Case {
    /// What tables call it.
    pub fn name(&self) -> String {
        let clients =
            if self.clients == 1 { "one client".to_owned() } else { format!("{} clients", self.clients) };
        let lines = if self.lines == 1 { "1 line".to_owned() } else { format!("{} lines", self.lines) };
        format!("{clients}, {lines} over {} products", count(self.products as i64))
    }
}

impl Compared {
    /// How many times as fast the function is: the median of the rounds' ratios, as the machine's speed changes from
    /// one round to the next.
    pub fn ratio(&self) -> f64 {
        let rounds = self.function.iter().zip(&self.in_database);
        median(&rounds.map(|(function, in_database)| function.rate / in_database.rate).collect::<Vec<_>>())
    }

    /// What `pgbench` printed, of the first round.
    pub fn raw(&self) -> Vec<String> {
        let all = [
            self.function.first(),
            self.locking_first.first(),
            self.in_database.first(),
            self.from_outside.as_ref(),
        ];
        all.into_iter().flatten().map(|measured| measured.raw.clone()).collect()
    }
}

/// Orders a second: the median of the rounds.
fn rate(rounds: &[Measured]) -> f64 {
    median(&rounds.iter().map(|measured| measured.rate).collect::<Vec<_>>())
}

/// The deadlocks of all rounds.
fn deadlocks(rounds: &[Measured]) -> i64 {
    rounds.iter().map(|measured| measured.deadlocks as i64).sum()
}

/// Runs the scenario.
pub fn run(options: &Options, bed: &Bed) -> Result<Report> {
    let mut report = Report::new(
        "allocate",
        "allocate_inventory beside the loop of one SELECT … FOR UPDATE and one UPDATE a line, on bare tables, \
         lines in random order; orders a second.",
    );
    let mut cases = [TARGETS, FURTHER].concat();
    cases.sort_by_key(|case| (case.clients, case.lines));
    let compared = measure(options, bed, &cases)?;
    check(&mut report, &compared);
    Ok(report)
}

/// Measures each of the cases.
pub fn measure(options: &Options, bed: &Bed, cases: &[Case]) -> Result<Vec<Compared>> {
    let cluster = bed.database()?.cluster()?;
    let pgbench = Pgbench::find(cluster, &options.folders.output)?;
    cluster.create_database(DATABASE)?;
    let definition = cluster.query("stockhold", DEFINITION)?.into_iter().flatten().flatten().next();
    cluster.query(DATABASE, &format!("{TABLES}\n{};", definition.context("no allocate_inventory")?))?;
    cases.iter().map(|case| compare(options, &pgbench, *case)).collect()
}

/// Adds the comparisons to a report.
pub fn check(report: &mut Report, compared: &[Compared]) {
    let head = [
        "orders a second",
        "allocate_inventory",
        "loop",
        "ratio",
        "one that locks first",
        "loop from outside",
        "time of one",
        "of the loop",
        "statements",
        "of the loop",
        "deadlocks",
        "of the loop",
    ];
    let mut table = Table::new("allocate_inventory beside the loop", &head);
    for one in compared {
        let time = |rounds: &[Measured]| {
            duration(Duration::from_secs_f64(one.case.clients as f64 / rate(rounds).max(1e-3)))
        };
        table.row([
            one.case.name(),
            figure(rate(&one.function)),
            figure(rate(&one.in_database)),
            figure(one.ratio()),
            figure(rate(&one.locking_first)),
            one.from_outside.as_ref().map(|measured| figure(measured.rate)).unwrap_or_default(),
            time(&one.function),
            time(&one.in_database),
            // What the lines are, and the update; of several lines the demand of each product between them.
            if one.case.lines == 1 { "2" } else { "3" }.to_owned(),
            count(1 + 2 * one.case.lines as i64),
            count(deadlocks(&one.function)),
            count(deadlocks(&one.in_database)),
        ]);
        report.equal(format!("{}: deadlocks", one.case.name()), 0, deadlocks(&one.function));
        if let Some(target) = one.case.target {
            report.at_least(format!("{}: ÷ the loop", one.case.name()), target, one.ratio());
        }
        report.raw.extend(one.raw());
    }
    report.tables.push(table);
}

fn compare(options: &Options, pgbench: &Pgbench<'_>, case: Case) -> Result<Compared> {
    load(pgbench.cluster(), case)?;
    let (seconds, rounds) =
        if case.clients == 1 { (SECONDS, ROUNDS) } else { (SECONDS_DEADLOCKS, ROUNDS_DEADLOCKS) };
    let bench = |name, script| Bench {
        name,
        database: DATABASE,
        script,
        clients: case.clients,
        length: options.lasting(seconds),
        latencies: false,
        settings: "",
    };
    let call = |function| format!("\\set order random(1, {ORDERS})\nSELECT {function}(:order, 1);\n");
    let (mut function, mut locking_first, mut in_database) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        function.push(pgbench.run(&bench("allocate_inventory", call("allocate_inventory")))?);
        locking_first.push(pgbench.run(&bench("one that locks first", call("allocate_locking_first")))?);
        in_database.push(pgbench.run(&bench("the loop", call("allocate_by_loop")))?);
    }
    // A thousand lines are more than pgbench's script can hold variables for.
    let from_outside = match case.lines {
        ..=100 => Some(pgbench.run(&bench("the loop from outside", from_outside(case)))?),
        _ => None,
    };
    Ok(Compared { case, function, locking_first, in_database, from_outside })
}

/// Lays down orders and stock for a case. Products of an order are distinct, and in random order.
fn load(cluster: &Cluster, case: Case) -> Result<()> {
    let _waiting = Waiting::new(format!("Orders are laid down: {}", case.name()));
    let Case { lines, products, .. } = case;
    let mut random = fastrand::Rng::with_seed(case.lines as u64);
    let mut text = String::from("TRUNCATE inventory, order_items;");
    let _ = write!(
        text,
        "INSERT INTO inventory SELECT product, 1, 2000000000 FROM generate_series(1, {products}) AS product;"
    );
    cluster.query(DATABASE, &text)?;
    let mut chosen: Vec<usize> = (1..=products).collect();
    for orders in (1..=ORDERS).collect::<Vec<_>>().chunks(200) {
        let mut text = String::from("INSERT INTO order_items VALUES ");
        for order in orders {
            // The first places of a shuffle, as many as there are lines.
            for line in 0..lines {
                let other = random.usize(line..products);
                chosen.swap(line, other);
                let _ = write!(text, "({order},{},1),", chosen[line]);
            }
        }
        text.pop();
        cluster.query(DATABASE, &text)?;
    }
    // Not in one transaction, as VACUUM demands.
    cluster.query(DATABASE, "VACUUM ANALYZE inventory")?;
    cluster.query(DATABASE, "VACUUM ANALYZE order_items")?;
    cluster.query(DATABASE, "CHECKPOINT")?;
    Ok(())
}

/// The loop as an application drives it: a transaction of two statements a line, as products come.
fn from_outside(case: Case) -> String {
    let mut script = String::new();
    for line in 0..case.lines {
        let _ = writeln!(script, "\\set p{line} random(1, {})", case.products);
    }
    script.push_str("BEGIN;\n");
    for line in 0..case.lines {
        let row = format!("WHERE product_id = :p{line} AND warehouse_id = 1");
        let _ = writeln!(script, "SELECT stock_quantity FROM inventory {row} FOR UPDATE;");
        let _ = writeln!(script, "UPDATE inventory SET stock_quantity = stock_quantity - 1 {row};");
    }
    script.push_str("COMMIT;\n");
    script
}
